//! Signals that end the run, held back while there are temporary files.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::{SigId, flag, low_level};

/// Holds SIGINT and SIGTERM back for as long as it lives. If one has come by then, it ends the run as it would
/// have without this.
#[derive(Debug)]
pub(super) struct Interrupt {
    signal: Arc<AtomicUsize>,
    handlers: Vec<SigId>,
}

impl Interrupt {
    pub(super) fn catch() -> Self {
        let signal = Arc::new(AtomicUsize::new(0));
        // Where a signal cannot be caught, it ends the run at once; the next run clears what it leaves.
        let catch = |own: i32| {
            let number = usize::try_from(own).ok()?;
            flag::register_usize(own, Arc::clone(&signal), number).ok()
        };
        let handlers = [SIGINT, SIGTERM].into_iter().filter_map(catch).collect();
        Self { signal, handlers }
    }

    /// Whether a signal has come.
    pub(super) fn is_pending(&self) -> bool {
        self.signal.load(Ordering::SeqCst) != 0
    }
}

impl Drop for Interrupt {
    fn drop(&mut self) {
        for handler in self.handlers.drain(..) {
            low_level::unregister(handler);
        }
        let signal = i32::try_from(self.signal.load(Ordering::SeqCst)).unwrap_or(0);
        if signal != 0 {
            // Its error is that there is no such signal.
            drop(low_level::emulate_default_handler(signal));
        }
    }
}
