//! What keeps the program from deciding or writing.

use std::fmt;
use std::io;
use std::path::Path;

use annotate_snippets::{Level, Origin, Renderer};
use rollstamp::report::{self, escape};
use rollstamp::{Error, LineColumn, OptionsError, Source};

use super::listing::display;
use super::say::say_all;

/// A reason to end with exit status 2.
#[derive(Debug)]
pub(crate) struct Failure {
    /// The message, rendered; it begins with `error:`.
    message: String,
    is_broken_pipe: bool,
}

impl Failure {
    /// `message`, and what to do about it.
    pub(super) fn new(message: impl fmt::Display, help: impl fmt::Display) -> Self {
        let title = Level::ERROR.primary_title(escape(&message.to_string()).into_owned());
        let group = title.element(Level::HELP.message(escape(&help.to_string()).into_owned()));
        Self { message: Renderer::styled().render(&[group]), is_broken_pipe: false }
    }

    /// `message` about a place of the input that is not shown, and what to do about it.
    pub(super) fn at(name: &str, place: LineColumn, message: &str, help: &str) -> Self {
        let origin = Origin::path(escape(name)).line(place.line).char_column(place.column);
        let title = Level::ERROR.primary_title(escape(message));
        let group = title.element(origin).element(Level::HELP.message(escape(help)));
        Self { message: Renderer::styled().render(&[group]), is_broken_pipe: false }
    }

    /// An error of the library about the options in the text called `name`.
    pub(super) fn options(error: &OptionsError, name: &str, text: &str) -> Self {
        let message = report::options_error(error, &Source::new(name, text));
        Self { message, is_broken_pipe: false }
    }

    /// An error of the library about one of `sources`.
    pub(super) fn library(error: &Error, sources: &[Source<'_>]) -> Self {
        Self { message: report::error(error, sources), is_broken_pipe: false }
    }

    /// What could not be done to the file at `path`.
    pub(super) fn file(verb: &str, path: &Path, error: &io::Error) -> Self {
        Self::new(format!("cannot {verb} '{}': {error}", display(path)), "nothing has been written")
    }

    /// Nobody reads what is written any more.
    pub(crate) fn is_broken_pipe(&self) -> bool {
        self.is_broken_pipe
    }

    /// Prints the message on standard error.
    pub(crate) fn print(&self) {
        say_all(&format!("{}\n", self.message));
    }
}

/// Standard output could not be written to.
impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        let is_broken_pipe = error.kind() == io::ErrorKind::BrokenPipe;
        let failure = Self::new(
            format!("cannot write to standard output: {error}"),
            "the output is incomplete",
        );
        Self { is_broken_pipe, ..failure }
    }
}
