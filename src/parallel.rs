//! Work on many things at once, without a trace of it in what comes out.

use std::collections::BTreeMap;
use std::sync::mpsc;

use rayon::Yield;

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
        in_batches(items, &work, take)
    }
}

/// The same: the other threads begin while items still come out, and go on while results are taken.
fn in_batches<T: Send, R: Send, E>(
    mut items: impl Iterator<Item = T>,
    work: &(impl Fn(T) -> R + Sync),
    mut take: impl FnMut(R) -> Result<(), E>,
) -> Result<(), E> {
    rayon::in_place_scope_fifo(|scope| {
        let (sender, receiver) = mpsc::channel();
        let mut count = 0;
        loop {
            // Few items may be big ones, of many it takes long to hand over one by one.
            let most = (1 + count / 8).min(32);
            let batch: Vec<_> = items.by_ref().take(most).collect();
            if batch.is_empty() {
                break;
            }
            let (number, sender) = (count, sender.clone());
            scope.spawn_fifo(move |_| {
                let done: Vec<_> = batch.into_iter().map(work).collect();
                // After an error nobody receives it.
                _ = sender.send((number, done));
            });
            count += 1;
        }
        drop(sender);
        let mut done = BTreeMap::new();
        for number in 0..count {
            let batch = loop {
                done.extend(receiver.try_iter());
                if let Some(batch) = done.remove(&number) {
                    break batch;
                }
                // This thread works, too, or waits for the others if there is nothing left to do.
                if rayon::yield_now() != Some(Yield::Executed) {
                    match receiver.recv() {
                        Ok((number, batch)) => done.insert(number, batch),
                        // Whoever had it has panicked, and so will this thread behind the scope.
                        Err(_) => return Ok(()),
                    };
                }
            };
            batch.into_iter().try_for_each(&mut take)?;
        }
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use rayon::{ThreadPool, ThreadPoolBuilder};

    use super::each;

    fn pool() -> ThreadPool {
        ThreadPoolBuilder::new().num_threads(3).build().unwrap()
    }

    #[test]
    fn what_comes_out_is_in_the_order_of_what_went_in() {
        let pool = pool();
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

    #[test]
    fn the_first_error_is_returned() {
        let run = || {
            let take = |item: usize| if item < 500 { Ok(()) } else { Err(item) };
            each(0..2000, |item: usize| item, take)
        };
        assert_eq!(run(), Err(500));
        assert_eq!(pool().install(run), Err(500));
    }

    #[test]
    #[should_panic(expected = "item 1234")]
    fn a_panic_is_passed_on() {
        let work = |item: usize| assert_ne!(item, 1234, "item {item}");
        let Ok(()) = pool().install(|| each::<_, _, Infallible>(0..2000, work, Ok));
    }
}
