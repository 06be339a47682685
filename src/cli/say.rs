//! What the program says on standard error.

use std::io::Write;

/// Prints a line on standard error, with colours if it is a terminal. If nothing can be written there, the run
/// goes on: its exit status still tells.
macro_rules! say {
    ($($argument:tt)*) => {{
        use std::io::Write as _;
        // Dropped, because there is no other place to say it.
        drop(writeln!(anstream::stderr(), $($argument)*));
    }};
}

pub(super) use say;

/// Prints `text`, which has its own line ends, in the same way.
pub(super) fn say_all(text: &str) {
    drop(anstream::stderr().write_all(text.as_bytes()));
}
