//! What the builds of a tree need of one workload of its files, and where that can be written.

use crate::planner::NeededVariable;
use crate::stamp::{State, Variable};

/// What one build needs of a workload.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Need {
    /// The annotation has this value.
    Stamp(String),
    /// The containers have these variables of Reloader.
    Variables(Vec<NeededVariable>),
    /// No stamp: it tracks nothing, or has not opted in.
    None,
    /// It cannot be known offline.
    Unknown,
}

impl Need {
    /// The variables that `variables` must become.
    pub(super) fn of_variables(variables: &[Variable]) -> Self {
        let is_known = |variable: &&Variable| variable.state != State::None;
        let needed = variables.iter().filter(is_known).map(|variable| NeededVariable {
            container: variable.container.clone(),
            name: variable.name.clone(),
            value: variable.expected.clone(),
        });
        let needed: Vec<_> = needed.collect();
        if needed.is_empty() { Self::None } else { Self::Variables(needed) }
    }
}

/// A workload of one build: the numbers of both.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Instance {
    pub(super) build: usize,
    pub(super) workload: usize,
}

/// Where the stamps of a workload are written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Home {
    /// In its own file, because all builds need the same.
    File(Need),
    /// In a file of each root, because they do not.
    Roots,
    /// Nowhere: some build cannot be known.
    Unknown,
}

/// The instances of one workload of the files, and what each needs.
#[derive(Debug, Default)]
pub(super) struct Group {
    pub(super) instances: Vec<(Instance, Need)>,
}

impl Group {
    /// Where the stamps can be written; its own file holds none if it is not `is_writable`.
    pub(super) fn home(&self, is_writable: bool) -> Home {
        let needs = || self.instances.iter().map(|(_, need)| need);
        if needs().any(|need| *need == Need::Unknown) {
            return Home::Unknown;
        }
        let first = needs().next().unwrap_or(&Need::None);
        if needs().any(|need| need != first) || !is_writable && *first != Need::None {
            return Home::Roots;
        }
        Home::File(first.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn group(needs: &[Need]) -> Group {
        let instance = |build| Instance { build, workload: 0 };
        let instances =
            needs.iter().enumerate().map(|(build, need)| (instance(build), need.clone()));
        Group { instances: instances.collect() }
    }

    #[test]
    fn the_file_holds_the_stamp_that_all_builds_need() {
        let stamp = |value: &str| Need::Stamp(value.to_owned());
        let (a, b) = (stamp("a"), stamp("b"));

        assert_eq!(group(&[a.clone(), a.clone()]).home(true), Home::File(a.clone()));
        assert_eq!(group(&[a.clone(), b]).home(true), Home::Roots);
        assert_eq!(group(&[a.clone(), Need::None]).home(true), Home::Roots);
        assert_eq!(group(&[a.clone(), Need::Unknown]).home(true), Home::Unknown);
        assert_eq!(group(&[Need::None]).home(false), Home::File(Need::None));
        assert_eq!(group(&[a]).home(false), Home::Roots);
    }
}
