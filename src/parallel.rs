//! Work on many things at once, without a trace of it in what comes out.

use rayon::prelude::*;

/// What `work` makes of each of `items`, in their order: by all threads of the rayon pool that this
/// is called in, or one after the other if it is called in none.
pub(crate) fn map<'t, T: Sync, R: Send>(
    items: &'t [T],
    work: impl Fn(&'t T) -> R + Sync + Send,
) -> Vec<R> {
    if rayon::current_thread_index().is_none() {
        items.iter().map(work).collect()
    } else {
        items.par_iter().map(work).collect()
    }
}
