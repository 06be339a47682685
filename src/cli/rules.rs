//! `rules`: the findings and their documentation.

use rollstamp::Code;

use super::failure::Failure;
use super::{Outcome, output};

/// Lists the findings, or prints the documentation of the one called `code`.
///
/// # Errors
///
/// Returns an error if there is no such code.
pub(super) fn run(code: Option<&str>) -> Result<Outcome, Failure> {
    let text = match code {
        Some(name) => {
            let code = Code::by_name(name).ok_or_else(|| {
                Failure::new(
                    format!("there must be a finding '{name}'"),
                    "see `rollstamp rules` for those that there are",
                )
            })?;
            code.documentation().trim_end().to_owned() + "\n"
        }
        None => Code::ALL.map(line).concat(),
    };
    output::print(&text)?;
    Ok(Outcome::Success)
}

fn line(code: Code) -> String {
    format!("{code:<21} {:<8} {}\n", code.severity(), code.summary())
}
