//! What a workload names and the bundle lacks: then nobody can know what was stamped for it.

use super::{Called, Planner};
use crate::model::{Annotation, ConfigKind, Workload};
use crate::plan::ConfigPlan;
use crate::rules::pattern::Pattern;
use crate::rules::{self, Declared, Rule};
use crate::variable;

/// A config that a workload may track and that is not in the bundle.
#[derive(Debug)]
pub(super) struct Missing<'n> {
    kind: ConfigKind,
    /// What it is called; `None` if only a pattern is known.
    name: Option<&'n str>,
}

impl Missing<'_> {
    /// Whether Reloader's variable of that name may be for it. kustomize may have put something
    /// around the name that the workload knows.
    pub(super) fn may_own(&self, variable: &str) -> bool {
        self.name.map_or_else(
            || variable::is_of_kind(variable, self.kind),
            |name| variable::has_words(variable, self.kind, name),
        )
    }
}

impl<'a> Planner<'a> {
    /// The configs that `workload` would track, or might, and that are not in the bundle. `configs`
    /// are all that it refers to, lists or tracks.
    pub(super) fn missing<'n>(
        &self,
        workload: &'n Workload<'a>,
        declared: &'n Declared<'a>,
        configs: &'n [ConfigPlan],
    ) -> Vec<Missing<'n>> {
        if workload.template.list("containers").next().is_none() {
            return Vec::new();
        }
        let is_on = |kind: ConfigKind| {
            let search = &declared.switches[kind as usize].search;
            search.as_ref().is_some_and(Annotation::is_true)
        };
        // Whether it matches stands in the config, so a search may track what is not here.
        let may_match = |config: &ConfigPlan| {
            config.rule.is_none() && is_on(config.kind) && !config.references.is_empty()
        };
        let configs = configs.iter().filter(|config| config.source.is_none());
        let configs = configs.filter(|config| config.is_tracked || may_match(config));
        let named = configs.map(|config| Missing { kind: config.kind, name: Some(&config.name) });
        named.chain(self.unmatched(workload, declared)).collect()
    }

    /// The entries of lists that match no config of the bundle.
    fn unmatched<'n>(
        &self,
        workload: &'n Workload<'a>,
        declared: &'n Declared<'a>,
    ) -> impl Iterator<Item = Missing<'n>> {
        let namespace = workload.resource.id.namespace;
        let lists = ConfigKind::ALL.into_iter().zip(&declared.switches);
        let entries = lists.flat_map(|(kind, switches)| {
            let entries = switches.list.iter().flat_map(|list| &list.entries);
            entries.map(move |(entry, pattern)| (kind, *entry, pattern))
        });
        entries.filter_map(move |(kind, entry, pattern)| {
            let pattern = pattern.as_ref().ok().filter(|_| !entry.is_empty())?;
            let is_config = |name: &str| {
                !matches!(self.resources.resolve(&workload.resource, kind, name), Ok(None))
            };
            let is_matched = pattern.among(self.resources, namespace, kind).any(is_config);
            // What is excluded, or left out by an option, would not be tracked if it were here.
            let name = Called { kind, name: entry, namespace };
            let decision = rules::decide(&self.candidate(workload, name, &[], declared));
            let is_listed = !matches!(decision.rule, Some(Rule::Ignored | Rule::Excluded));
            let is_name = matches!(pattern, Pattern::Name(_));
            (!is_matched && is_listed)
                .then(|| Missing { kind, name: Some(entry).filter(|_| is_name) })
        })
    }
}
