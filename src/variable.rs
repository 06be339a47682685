//! Reloader's variable: the hash of one config in the environment of one container.
//!
//! Written just as Reloader would (`--reload-strategy=env-vars`, its default), so that one that
//! still runs in the cluster finds nothing to do.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha1::{Digest as _, Sha1};

use crate::digest::Hex;
use crate::error::Problem;
use crate::model::{Config, ConfigKind};
use crate::reference::{Reader, Reference};

const PREFIX: &str = "STAKATER_";

/// The name of the variable for the config of that kind and name: in upper case, and every run of
/// what is neither a letter nor a digit is one underscore (`ConvertToEnvVarName` of Reloader).
pub(crate) fn name(kind: ConfigKind, config: &str) -> String {
    let words = config.split(|c: char| !c.is_ascii_alphanumeric());
    let words = words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join("_");
    format!("{PREFIX}{words}_{kind}").to_ascii_uppercase()
}

/// Whether a variable of that name is Reloader's.
pub(crate) fn is_name(name: &str) -> bool {
    ConfigKind::ALL.into_iter().any(|kind| is_of_kind(name, kind))
}

/// Whether a variable of that name is Reloader's for a config of `kind`.
pub(crate) fn is_of_kind(name: &str, kind: ConfigKind) -> bool {
    let has_suffix = || {
        let suffix = kind.name().to_ascii_uppercase();
        name.strip_suffix(&*suffix).is_some_and(|rest| rest.ends_with('_'))
    };
    name.starts_with(PREFIX) && has_suffix()
}

/// Whether a variable of that name is Reloader's for a config of `kind` whose name has the words of
/// `config`, and perhaps more around them.
pub(crate) fn has_words(name: &str, kind: ConfigKind, config: &str) -> bool {
    let own = self::name(kind, config);
    let words = own.strip_prefix(PREFIX).unwrap_or(&own);
    let words = words.strip_suffix(&*kind.name().to_ascii_uppercase()).unwrap_or(words);
    is_of_kind(name, kind) && name.contains(&format!("_{words}"))
}

/// The value of the variable: the SHA-1 of the config's pairs `key=value`, sorted as they are and
/// joined by `;` (`GetSHAfromConfigmap` and `GetSHAfromSecret` of Reloader).
///
/// What is binary in a ConfigMap counts as base64.
///
/// # Errors
///
/// Returns the first key or value that Kubernetes would refuse.
pub(crate) fn value(config: &Config<'_>) -> Result<String, Problem> {
    let node = config.resource.node;
    let mut pairs = Vec::new();
    for (key, value) in config.entries()? {
        let mut bytes = Vec::new();
        value.each(|piece| bytes.extend_from_slice(piece));
        let is_binary =
            config.kind == ConfigKind::ConfigMap && node.at(["binaryData", key]).is_some();
        let mut pair = format!("{key}=").into_bytes();
        if is_binary {
            pair.extend(STANDARD.encode(&bytes).into_bytes());
        } else {
            pair.extend_from_slice(&bytes);
        }
        pairs.push(pair);
    }
    pairs.sort();
    Ok(Hex::<20>(Sha1::digest(pairs.join(&b';')).into()).to_string())
}

/// Which container Reloader gives the variable for a config that is used so: the first that mounts
/// it, else the first whose environment names it, else the first of all. An init container never
/// is, and the first container takes its place.
pub(crate) fn container(uses: &[&Reference<'_>]) -> usize {
    let mounted = uses.iter().filter(|reference| reference.volume.is_some());
    // Reloader looks at the first volume of the config only.
    let volume = mounted.clone().next().filter(|reference| reference.is_mounted());
    let environment = || {
        let environments = uses.iter().filter(|reference| reference.volume.is_none());
        environments.min_by_key(|reference| reference.reader)
    };
    let volume = volume.or_else(environment);
    let reader = volume.or_else(|| mounted.clone().find(|reference| reference.is_mounted()));
    match reader.map(|reference| reference.reader) {
        Some(Reader::Container(index)) => index,
        Some(Reader::InitContainer | Reader::Nobody) | None => 0,
    }
}
