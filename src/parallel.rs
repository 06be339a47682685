//! Work on many things at once, without a trace of it in what comes out.

use std::sync::mpsc;

/// Gives `take` what `work` makes of each of `items`, in their order. The work is done by all threads of the
/// rayon pool that this is called in; if it is called in none, one after the other, and nothing is kept.
///
/// # Errors
///
/// Returns the first error of `take`.
pub(crate) fn each<T: Send, R: Send, E>(
    items: impl IntoIterator<Item = T>,
    work: impl Fn(T) -> R + Sync,
    take: impl FnMut(R) -> Result<(), E>,
) -> Result<(), E> {
    let items = items.into_iter();
    if rayon::current_thread_index().is_none() {
        items.map(work).try_for_each(take)
    } else {
        batches(items, &work).into_iter().flatten().try_for_each(take)
    }
}

/// What `work` makes of each of `items`: the other threads begin while items still come out.
fn batches<T: Send, R: Send>(
    mut items: impl Iterator<Item = T>,
    work: &(impl Fn(T) -> R + Sync),
) -> Vec<Vec<R>> {
    let (sender, receiver) = mpsc::channel();
    rayon::in_place_scope(|scope| {
        for number in 0.. {
            // Few items may be big ones, of many it takes long to hand over one by one.
            let most = (1 + number / 8).min(32);
            let batch: Vec<_> = items.by_ref().take(most).collect();
            if batch.is_empty() {
                break;
            }
            let sender = sender.clone();
            scope.spawn(move |_| {
                let done: Vec<_> = batch.into_iter().map(work).collect();
                sender.send((number, done)).expect("the receiver lives longer");
            });
        }
    });
    drop(sender);
    let mut batches: Vec<_> = receiver.into_iter().collect();
    batches.sort_unstable_by_key(|(number, _)| *number);
    batches.into_iter().map(|(_, done)| done).collect()
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use super::each;

    #[test]
    fn what_comes_out_is_in_the_order_of_what_went_in() {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(3).build().unwrap();
        for count in [0, 1, 7, 8, 9, 1000, 20_000] {
            let run = || {
                let mut taken = Vec::new();
                let work = |item: usize| item * 2;
                let Ok(()) = each::<_, _, Infallible>(0..count, work, |done| {
                    taken.push(done);
                    Ok(())
                });
                taken
            };
            let expected: Vec<_> = (0..count).map(|item| item * 2).collect();
            assert_eq!(run(), expected, "{count} items by one thread");
            assert_eq!(pool.install(run), expected, "{count} items by three threads");
        }
    }
}
