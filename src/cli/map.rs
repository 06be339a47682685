//! Big files, which are mapped into memory and not copied.

#![expect(unsafe_code, reason = "a mapping is only as constant as the file, see `map`")]

use std::fs::File;
use std::hint::black_box;
use std::io::Seek;
use std::thread;

use memmap2::MmapOptions;
use simdutf8::compat::{Utf8Error, from_utf8};

/// From which size on a file is mapped: below, the page faults cost more than the copy.
const BIG: u64 = 1 << 20;

/// What is left to read of `file`, if that is a big regular file that can be mapped.
pub(super) fn map(mut file: &File) -> Option<&'static [u8]> {
    let metadata = file.metadata().ok().filter(std::fs::Metadata::is_file)?;
    let position = file.stream_position().ok()?;
    if metadata.len().saturating_sub(position) < BIG {
        return None;
    }
    // SAFETY: the bytes are read only, and live until the program ends. Whoever shortens or rewrites
    // the file meanwhile breaks this run, which then ends by a signal or with an error of the judge;
    // rollstamp itself never writes into a file, but puts a new one in its place.
    let mapping = unsafe { MmapOptions::new().offset(position).map(file) };
    mapping.ok().map(|mapping| &**Box::leak(Box::new(mapping)))
}

/// The text that mapped `bytes` are. While they are checked, another thread has the system find the pages
/// further on, if it `may_thread`: that takes as long as the check.
///
/// # Errors
///
/// Returns an error if they are not UTF-8.
pub(super) fn text(bytes: &[u8], may_thread: bool) -> Result<&str, Utf8Error> {
    // One byte of each page is enough; pages are hardly anywhere smaller.
    const PAGE: usize = 1 << 12;
    let touch = || black_box(bytes.iter().step_by(PAGE).fold(0, |all, byte| all ^ byte));
    thread::scope(|scope| {
        if may_thread {
            // Without another thread it only takes longer.
            drop(thread::Builder::new().spawn_scoped(scope, touch));
        }
        from_utf8(bytes)
    })
}
