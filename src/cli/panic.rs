//! What a panic says: where it happened, and nothing of what it says itself, which may quote a manifest.

#![expect(clippy::disallowed_methods, reason = "a panic never comes back to `main`")]

use std::io::{self, Write};
use std::panic::{self, Location};
use std::process;

use super::Outcome;

/// From now on a panic of any thread ends the process as a failed run, whatever the build does with
/// panics: a caller that sees success and no output would delete everything.
pub(crate) fn install_hook() {
    panic::set_hook(Box::new(|info| {
        // Nothing is left to do if it cannot be printed.
        _ = io::stderr().write_all(message(info.location()).as_bytes());
        process::exit(Outcome::Failed as i32);
    }));
}

fn message(location: Option<&Location<'_>>) -> String {
    let location = location.map_or_else(|| "an unknown place".to_owned(), ToString::to_string);
    format!(
        "error: rollstamp {} stopped at {location}\n  = help: this is a bug: please report this message, and the command that you ran\n",
        env!("CARGO_PKG_VERSION"),
    )
}

#[cfg(test)]
mod tests {
    use std::env;
    use std::process::Command;

    use super::*;

    #[test]
    #[ignore = "ends the process: `a_panic_fails_and_quotes_nothing` runs it in one of its own"]
    fn panic_with_a_value() {
        install_hook();
        panic!("hunter2");
    }

    #[test]
    fn a_panic_fails_and_quotes_nothing() {
        let test = env::current_exe().expect("the test has a path");
        let name = "cli::panic::tests::panic_with_a_value";
        let arguments = ["--exact", name, "--ignored", "--nocapture"];
        let output = Command::new(test).args(arguments).output().expect("the test starts");

        assert_eq!(output.status.code(), Some(2));
        let message = String::from_utf8(output.stderr).expect("the message is text");
        assert!(message.contains(" stopped at src/cli/panic.rs:"), "{message}");
        let stdout = String::from_utf8(output.stdout).expect("the output is text");
        assert!(!(message + &stdout).contains("hunter2"));
    }
}
