//! A quick look for annotations that opt in, in text that is not read otherwise.

use memchr::memchr;
use memchr::memmem::Finder;

use crate::options::Options;

/// Finds the annotations of Reloader and Wave in a text.
#[derive(Debug)]
pub(crate) struct OptIns(Vec<Finder<'static>>);

impl OptIns {
    /// Looks for the prefixes of the keys that opt in, as the options name them.
    pub(crate) fn new(options: &Options) -> Self {
        let prefix = |key: &str| key.find('/').map_or(key, |slash| &key[..=slash]).to_owned();
        let all: Vec<_> = options.annotations.opt_ins().map(prefix).collect();
        let is_covered = |own: &String, index: usize| {
            let others = all.iter().enumerate().filter(|(other, _)| *other != index);
            { others }.any(|(at, other)| own.contains(&**other) && (own != other || at < index))
        };
        let own = all.iter().enumerate().filter(|(index, own)| !is_covered(own, *index));
        Self(own.map(|(_, own)| Finder::new(own).into_owned()).collect())
    }

    /// Where the first of them is that is no comment.
    pub(crate) fn find(&self, text: &str) -> Option<usize> {
        self.0
            .iter()
            .filter_map(|finder| {
                let mut found = finder.find_iter(text.as_bytes());
                found.find(|&at| !is_comment(text, at))
            })
            .min()
    }

    /// How many there are.
    pub(crate) fn count(&self, text: &str) -> usize {
        self.0.iter().map(|finder| finder.find_iter(text.as_bytes()).count()).sum()
    }
}

/// Whether the line is a comment up to `at`. A line that is too long to look at is none.
fn is_comment(text: &str, at: usize) -> bool {
    const LONGEST: usize = 1000;
    let start = at.saturating_sub(LONGEST);
    let before = &text.as_bytes()[start..at];
    let line = memchr::memrchr(b'\n', before).map_or(before, |end| &before[end + 1..]);
    memchr(b'#', line).is_some_and(|sign| line[..sign].trim_ascii().is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prefixes_are_looked_for_once_each() {
        let opt_ins = OptIns::new(&Options::default());
        assert_eq!(opt_ins.0.len(), 2);
        let text = "a: # x\n  # secret.reloader.stakater.com/auto: x\n  reloader.stakater.com/auto: 'true'\n";
        assert_eq!(opt_ins.find(text), text.rfind("reloader.stakater.com/"));
        assert_eq!(opt_ins.count(text), 2);
        assert_eq!(opt_ins.find("reloader: true"), None);
    }
}
