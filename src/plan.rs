//! The plan: what a set of manifests needs, worked out before anything is written.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::edit::Edit;
use crate::finding::{Code, Finding};
use crate::model::{ConfigKind, Coverage, ResourceId};
use crate::rules::{Because, Rule};
use crate::source::Place;
use crate::stamp::{Stamp, State};

/// What a set of manifests needs, worked out before anything is written.
///
/// `stamp` applies a plan, `check` shows its findings and `explain` prints it. They share it so
/// that they cannot disagree.
#[derive(Debug, Default)]
pub struct Plan {
    /// The workloads, in input order.
    pub workloads: Vec<WorkloadPlan>,
    /// What a user can mend, in input order: what `edits` mend is not among them, except in a plan of
    /// [`plan_check`](crate::plan_check).
    pub findings: Vec<Finding>,
    /// How many findings of each code are not reported because the options allow them.
    pub silenced: BTreeMap<Code, usize>,
    /// The edits that make every stamp current: a sorted list for each source.
    pub edits: Vec<Vec<Edit>>,
}

/// What one workload needs, and why.
#[derive(Debug)]
pub struct WorkloadPlan {
    /// Which workload.
    pub id: Arc<ResourceId>,
    /// Where it stands.
    pub place: Place,
    /// Where its name stands.
    pub name_place: Place,
    /// The path of the pod template, with dots.
    pub template_path: String,
    /// Whether any annotation or option says whether it tracks configs.
    pub is_opted_in: bool,
    /// Its stamp.
    pub stamp: Stamp,
    /// Where the stamp stands, if there is one.
    pub stamp_place: Option<Place>,
    /// Every config that it refers to, lists or tracks: in the order in which a stamp counts them.
    pub configs: Vec<ConfigPlan>,
    /// The volumes that name a config and that no container mounts: what they are called, the kind
    /// and name of the config, and where it is named.
    pub unmounted: Vec<(String, ConfigKind, String, Place)>,
}

impl WorkloadPlan {
    /// Whether the stamp is not what it must be, on a workload that has a say in it.
    pub fn is_stamp_wrong(&self) -> bool {
        match self.stamp.state {
            State::Missing | State::Stale => true,
            State::Extra => self.is_opted_in,
            State::Current | State::None => false,
        }
    }

    /// The kind, namespace and name of each config that it tracks.
    pub(crate) fn tracked(&self) -> impl Iterator<Item = (ConfigKind, &str, &str)> {
        let tracked = self.configs.iter().filter(|config| config.is_tracked);
        tracked.map(|config| (config.kind, &*config.namespace, &*config.name))
    }
}

/// A config as one workload sees it.
#[derive(Debug)]
pub struct ConfigPlan {
    /// The kind.
    pub kind: ConfigKind,
    /// The namespace: the workload's own, but for Wave.
    pub namespace: String,
    /// The name.
    pub name: String,
    /// Whether the workload tracks it.
    pub is_tracked: bool,
    /// The rule that decided; `None` if none had an answer.
    pub rule: Option<Rule>,
    /// The annotation that the rule read, unless it read an option.
    pub because: Option<Because>,
    /// The option that the rule read, unless it read an annotation.
    pub option: Option<&'static str>,
    /// Why no rule had an answer, in words.
    pub why_not: Option<String>,
    /// The config itself, if it is in the bundle.
    pub source: Option<ConfigSource>,
    /// What makes it, if that is in the bundle instead.
    pub producer: Option<(Arc<ResourceId>, Place)>,
    /// The fields that refer to it, from the workload's root, and where they name it.
    pub references: Vec<(String, Place)>,
}

/// The resource in the bundle that a config's content is known from.
#[derive(Debug)]
pub struct ConfigSource {
    /// Where it stands.
    pub place: Place,
    /// Where its name stands.
    pub name_place: Place,
    /// How much of the content the digest sees.
    pub coverage: Coverage,
    /// The keys of its entries that the stamp is made of, in order.
    pub keys: Vec<Arc<str>>,
}

impl Plan {
    /// Replaces every place of the plan by the one that `map` makes of it.
    pub(crate) fn map_places(&mut self, mut map: impl FnMut(&mut Place)) {
        let Self { workloads, findings, edits: _, silenced: _ } = self;
        for workload in workloads {
            workload.map_places(&mut map);
        }
        for finding in findings {
            map(&mut finding.place);
            for (place, _) in &mut finding.context {
                map(place);
            }
        }
    }
}

impl WorkloadPlan {
    fn map_places(&mut self, map: &mut impl FnMut(&mut Place)) {
        let Self { place, name_place, stamp, stamp_place, configs, unmounted, .. } = self;
        map(place);
        map(name_place);
        let variables = stamp.variables.iter_mut().filter_map(|own| own.place.as_mut());
        let unmounted = unmounted.iter_mut().map(|(_, _, _, place)| place);
        for place in stamp_place.iter_mut().chain(variables).chain(unmounted) {
            map(place);
        }
        for config in configs {
            config.map_places(map);
        }
    }
}

impl ConfigPlan {
    fn map_places(&mut self, map: &mut impl FnMut(&mut Place)) {
        let Self { because, source, producer, references, .. } = self;
        let because = because.iter_mut().map(|because| &mut because.place);
        let producer = producer.iter_mut().map(|(_, place)| place);
        let references = references.iter_mut().map(|(_, place)| place);
        let source = source.iter_mut().flat_map(|own| [&mut own.place, &mut own.name_place]);
        for place in because.chain(source).chain(producer).chain(references) {
            map(place);
        }
    }
}
