//! The program without a command: a KRM function, or a filter, by what comes in.

use rollstamp::{Goal, Options, run_function};

use super::args::{Common, Stamp};
use super::bundle::{self, Bundle};
use super::failure::Failure;
use super::planned::Planned;
use super::say::say_all;
use super::threads::in_pool;
use super::{Outcome, config, output, stamp};

/// Stamps what comes in on standard input. A `ResourceList` makes it a KRM function, which reads
/// nothing else.
///
/// # Errors
///
/// Returns an error if it cannot be read or stamped; nothing has been printed then.
pub(super) fn run(common: &Common) -> Result<Outcome, Failure> {
    let source = bundle::stdin(common)?;
    let adjust = |options: &mut Options| {
        config::apply(common, options);
        match common.config {
            Some(_) => Err("a KRM function reads no `--config`: use `functionConfig`".to_owned()),
            None => Ok(()),
        }
    };
    let size = source.text().len();
    let output = match in_pool(size, common.threads, || run_function(&source, adjust))? {
        Ok(Some(output)) => output,
        Ok(None) => {
            let options = config::read("-".as_ref(), common)?.options;
            let bundle = Bundle::of(source);
            let plan = bundle.plan(Goal::Stamp, &options, common)?;
            return stamp::apply(
                &Stamp::default(),
                common,
                Goal::Stamp,
                vec![Planned::plain(bundle, plan)].leak(),
            );
        }
        Err(error) => {
            Failure::library(&error, std::slice::from_ref(&source)).print();
            return Ok(Outcome::Found);
        }
    };
    say_all(&output.messages);
    output::print(&output.text)?;
    Ok(if output.has_failed { Outcome::Found } else { Outcome::Success })
}
