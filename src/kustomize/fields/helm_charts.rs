//! `helmCharts` and its older spelling: charts that Helm renders.

use super::super::error::{BuildError, Touches};
use super::super::node::Node;
use super::super::step::Step;

pub(super) fn apply(step: &mut Step<'_, '_>, node: &Node) -> Result<(), BuildError> {
    unknown(step, node, "helmCharts")
}

/// The older spelling.
pub(super) fn apply_inflation(step: &mut Step<'_, '_>, node: &Node) -> Result<(), BuildError> {
    unknown(step, node, "helmChartInflationGenerator")
}

/// What the charts have in common, which means nothing without them.
pub(super) fn apply_globals(_: &mut Step<'_, '_>, node: &Node) -> Result<(), BuildError> {
    node.only(&["chartHome", "configHome"])
}

fn unknown(step: &mut Step<'_, '_>, list: &Node, field: &'static str) -> Result<(), BuildError> {
    for chart in list.items()? {
        let message = "a Helm chart is not rendered: its resources are not known";
        step.unknown(chart, field, Touches::Additions, message);
    }
    Ok(())
}
