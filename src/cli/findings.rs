//! `findings`: the codes of the findings and their documentation.

use rollstamp::Code;

use super::failure::Failure;
use super::{Outcome, output};

/// Lists the codes, or prints the documentation of `code`.
///
/// # Errors
///
/// Returns an error if standard output cannot be written to.
pub(super) fn run(code: Option<Code>) -> Result<Outcome, Failure> {
    let text = match code {
        Some(code) => code.documentation().trim_end().to_owned() + "\n",
        None => Code::ALL.map(line).concat(),
    };
    output::print(&text)?;
    Ok(Outcome::Success)
}

fn line(code: Code) -> String {
    format!("{code:<21} {:<8} {}\n", code.severity(), code.summary())
}
