//! Work that is read in order, done on all cores, and written in order, with a bound on what waits.

use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Mutex, PoisonError};

use crate::exit::{Failure, Kind, Outcome};

/// Pieces that wait for a thread, for each thread.
const WAITING_PER_THREAD: usize = 2;

/// A piece of work, and where its result goes.
type Job<I, O> = (I, SyncSender<O>);

/// Hands what `next` gives to the workers, and their results to `write`, in the order of `next`. What was read before a
/// failure of `next` is written before it is told.
pub(super) fn in_order<I: Send, O: Send, W: FnMut(I) -> O + Send>(
    workers: Vec<W>,
    mut next: impl FnMut() -> Outcome<Option<I>> + Send,
    mut write: impl FnMut(O) -> Outcome,
) -> Outcome {
    let waiting = workers.len() * WAITING_PER_THREAD;
    let (jobs_in, jobs) = sync_channel::<Job<I, O>>(waiting);
    let (order_in, order) = sync_channel::<Receiver<O>>(waiting);
    let jobs = Mutex::new(jobs);
    std::thread::scope(|scope| {
        for work in workers {
            scope.spawn(|| work_off(&jobs, work));
        }
        let reader = scope.spawn(move || {
            while let Some(piece) = next()? {
                let (result_in, result) = sync_channel(1);
                // Either end is gone only if writing failed, which is told there.
                if order_in.send(result).is_err() || jobs_in.send((piece, result_in)).is_err() {
                    break;
                }
            }
            Ok(())
        });
        let written = order.iter().try_for_each(|result| write(result.recv().map_err(|_| died())?));
        // The reader stops at the next piece if writing failed, and the workers when the reader is gone.
        drop(order);
        written.and(reader.join().map_err(|_| died())?)
    })
}

fn work_off<I, O>(jobs: &Mutex<Receiver<Job<I, O>>>, mut work: impl FnMut(I) -> O) {
    loop {
        let job = jobs.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok((piece, result)) = job else { return };
        // Nobody waits for a result after writing failed.
        let _unwanted = result.send(work(piece));
    }
}

fn died() -> Failure {
    Failure::new(Kind::Unexpected, "a thread ended before its work")
}

/// How many threads there are work for.
pub(super) fn threads(asked: Option<usize>) -> usize {
    asked.unwrap_or_else(|| std::thread::available_parallelism().map_or(1, std::num::NonZero::get)).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(until: usize) -> impl FnMut() -> Outcome<Option<usize>> {
        let mut n = 0;
        move || {
            n += 1;
            match n {
                _ if n <= until => Ok(Some(n)),
                _ => Err(Failure::new(Kind::BadInput, "line 101 is broken")),
            }
        }
    }

    #[test]
    fn results_come_in_order_and_before_the_failure_of_the_reader() {
        let workers: Vec<_> = (0..4)
            .map(|thread| {
                move |n: usize| {
                    if n % 4 == thread {
                        std::thread::yield_now();
                    }
                    n * 2
                }
            })
            .collect();
        let mut written = Vec::new();
        let ended = in_order(workers, numbers(100), |n| {
            written.push(n);
            Ok(())
        });
        assert!(ended.is_err());
        assert_eq!(written, (1..=100).map(|n| n * 2).collect::<Vec<_>>());
    }

    #[test]
    fn a_writer_that_fails_ends_the_rest() {
        let workers = vec![|n: usize| n; 2];
        let ended = in_order(workers, numbers(usize::MAX - 1), |n| match n {
            50 => Err(Failure::new(Kind::Storage, "the disk is full")),
            _ => Ok(()),
        });
        assert!(ended.is_err_and(|failure| failure.to_string().contains("full")));
    }
}
