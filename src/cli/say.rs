//! What the program says on standard error.

use std::io::Write;

/// Prints a line on standard error, with what a terminal may obey escaped. If nothing can be written there, the run
/// goes on: its exit status still tells.
macro_rules! say {
    ($($argument:tt)*) => {
        $crate::cli::say::say_all(&format!("{}\n", rollstamp::report::escape(&format!($($argument)*))))
    };
}

pub(super) use say;

/// Prints `text`, which has its own line ends and is escaped already, with colours if standard error is a terminal.
pub(super) fn say_all(text: &str) {
    // Dropped, because there is no other place to say it.
    drop(anstream::stderr().write_all(text.as_bytes()));
}
