//! What a workload declares: the annotations by which it says what it tracks.

use super::{Switches, Wave};
use crate::model::{Annotations, ConfigKind, Workload};
use crate::options::{Keys, Options};

/// The annotation that says which keys of its configs a workload's stamp is made of.
pub(crate) const KEYS: &str = "rollstamp.dev/keys";

/// What a workload's annotations say about tracking.
#[derive(Debug)]
pub(crate) struct Declared<'d> {
    /// By kind of config, in the order of [`ConfigKind::ALL`].
    pub(crate) switches: [Switches<'d>; 3],
    pub(crate) wave: Wave<'d>,
    pub(crate) keys: Keys,
}

impl<'d> Declared<'d> {
    /// What `workload` declares; the options count where it says nothing.
    pub(crate) fn read(workload: &Workload<'d>, options: &'d Options) -> Self {
        let keys = |annotations: Annotations<'d>| annotations.get(KEYS)?.value.parse().ok();
        let keys = workload.annotations().chain([workload.template_annotations()]).find_map(keys);
        Self {
            switches: ConfigKind::ALL
                .map(|kind| Switches::read(workload, kind, &options.annotations)),
            wave: Wave::read(workload),
            keys: keys.unwrap_or(options.keys),
        }
    }

    /// Whether the workload, or an option in its place, says whether it tracks anything.
    pub(crate) fn is_anything(&self, options: &Options) -> bool {
        options.auto_reload_all
            || self.wave.opt_in.is_some()
            || self.switches.iter().any(Switches::is_present)
    }
}
