//! The floor of the whole job: what no program that stamps a stream can leave out.
//!
//! Maps the file, splits it at the lines that begin a document, and prints one SHA-256 of the raw
//! bytes of every ConfigMap and Secret. It parses nothing, looks nothing up and writes nothing; one
//! thread. `benches/peers.sh` measures the filter by it.
#![expect(clippy::disallowed_methods, reason = "a program of its own reads its file")]
#![expect(clippy::print_stdout, reason = "a program of its own prints its result")]
#![expect(unsafe_code, reason = "there is no other way to map a file")]

use std::error::Error;
use std::fs::File;

use memchr::memmem::Finder;
use memmap2::Mmap;
use sha2::{Digest, Sha256};

fn main() -> Result<(), Box<dyn Error>> {
    let path = std::env::args_os().nth(1).ok_or("usage: floor FILE")?;
    // SAFETY: nothing changes the bundle while it is measured.
    let bundle = unsafe { Mmap::map(&File::open(path)?)? };
    let kind_line = Finder::new("\nkind: ");
    let mut hash = Sha256::new();
    for document in documents(&bundle) {
        let kind = kind_line.find(document).map_or(&[][..], |at| &document[at + 7..]);
        if kind.starts_with(b"ConfigMap\n") || kind.starts_with(b"Secret\n") {
            hash.update(document);
        }
    }
    for byte in hash.finalize() {
        print!("{byte:02x}");
    }
    println!();
    Ok(())
}

/// The documents of `bundle`: each but the first begins with the line break before its marker.
fn documents(bundle: &[u8]) -> impl Iterator<Item = &[u8]> {
    let marker = Finder::new("\n---");
    let starts = marker.find_iter(bundle).filter(|at| is_marker(&bundle[at + 4..]));
    let mut start = 0;
    let ends: Vec<_> = starts.chain([bundle.len()]).collect();
    ends.into_iter().map(move |end| &bundle[std::mem::replace(&mut start, end)..end])
}

/// Whether `---` is a whole word if this is behind it.
fn is_marker(rest: &[u8]) -> bool {
    rest.first().is_none_or(u8::is_ascii_whitespace)
}
