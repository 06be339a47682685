//! Work on many things at once, without a trace of it in what comes out.

use rayon::prelude::*;

/// What `work` makes of each of `items`, in their order: by all threads of the rayon pool that this
/// is called in, or one after the other, each as soon as it is there, if it is called in none.
pub(crate) fn map<T: Send, R: Send>(
    items: impl IntoIterator<Item = T>,
    work: impl Fn(T) -> R + Sync + Send,
) -> Vec<R> {
    let items = items.into_iter();
    if rayon::current_thread_index().is_none() {
        items.map(work).collect()
    } else {
        items.collect::<Vec<_>>().into_par_iter().map(work).collect()
    }
}
