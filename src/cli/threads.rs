//! How many threads work.

use std::num::NonZeroUsize;
use std::thread;

use super::failure::Failure;

/// Does `work` on `size` bytes: in a pool of threads, if it is worth it. `threads` is how many are asked for.
///
/// # Errors
///
/// Returns an error if the system gives no threads.
pub(super) fn in_pool<R: Send>(
    size: usize,
    threads: Option<NonZeroUsize>,
    work: impl FnOnce() -> R + Send,
) -> Result<R, Failure> {
    const WORTH: usize = 1 << 20;
    // More threads than processors gain nothing, and some thousands of them take longer to start than to work.
    const MOST: usize = 64;
    let most = thread::available_parallelism().map_or(MOST, |own| own.get().max(MOST));
    let threads = threads.map_or(0, |own| own.get().min(most));
    if size < WORTH || threads == 1 {
        return Ok(work());
    }
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
    let pool = pool.map_err(|error| {
        Failure::new(format!("cannot start threads: {error}"), "run with `--threads 1`")
    })?;
    Ok(pool.install(work))
}
