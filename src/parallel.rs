//! Work on many things at once, without a trace of it in what comes out.

use rayon::prelude::*;

/// Gives `take` what `work` makes of each of `items`, in their order. The work is done by all threads of the
/// rayon pool that this is called in; if it is called in none, one after the other, and nothing is kept.
///
/// # Errors
///
/// Returns the first error of `take`.
pub(crate) fn each<T: Send, R: Send, E>(
    items: impl IntoIterator<Item = T>,
    work: impl Fn(T) -> R + Sync + Send,
    take: impl FnMut(R) -> Result<(), E>,
) -> Result<(), E> {
    let items = items.into_iter();
    if rayon::current_thread_index().is_none() {
        items.map(work).try_for_each(take)
    } else {
        let done: Vec<_> = items.collect::<Vec<_>>().into_par_iter().map(work).collect();
        done.into_iter().try_for_each(take)
    }
}
