//! A bundle: the manifests below one path, or on standard input, that belong together.

#![expect(clippy::disallowed_methods, reason = "the program reads manifests from files")]

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::{self, IsTerminal, Read};
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};
use rollstamp::{Error, LineIndex, Options, Plan, Source, validate};
use walkdir::{DirEntry, WalkDir};

use super::PlanFn;
use super::args::Common;
use super::failure::Failure;
use super::map;

/// What else can be done about a file that was come upon in a directory.
const LEAVE_OUT: &str = "leave the file out with `--exclude`";

/// The manifests of one bundle.
#[derive(Debug)]
pub(super) struct Bundle {
    /// The path as it was given.
    pub(super) path: String,
    pub(super) sources: Vec<Source<'static>>,
    /// The file of each source; `None` for standard input.
    pub(super) files: Vec<Option<PathBuf>>,
}

impl Bundle {
    /// Reads the file or directory `path`, or standard input if it is `-`.
    ///
    /// # Errors
    ///
    /// Returns an error if something cannot be read, or is not UTF-8.
    pub(super) fn read(path: &Path, common: &Common, options: &Options) -> Result<Self, Failure> {
        let name = display(path);
        let mut bundle = Self { path: name, sources: Vec::new(), files: Vec::new() };
        if path == Path::new("-") {
            return stdin(common).map(Self::of);
        }
        for file in files(path, common)? {
            if common.verbose {
                anstream::eprintln!("note: reading '{}'", display(&file));
            }
            let bytes = read(&file).map_err(|error| Failure::file("read", &file, &error))?;
            bundle.add(file, bytes, common, options)?;
        }
        if bundle.sources.is_empty() && !common.quiet {
            anstream::eprintln!("warning: no manifests found under '{}'", bundle.path);
        }
        Ok(bundle)
    }

    /// What came in on standard input.
    pub(super) fn of(source: Source<'static>) -> Self {
        Self { path: "-".to_owned(), sources: vec![source], files: vec![None] }
    }

    /// Plans it.
    ///
    /// # Errors
    ///
    /// Returns what keeps `plan` from deciding.
    pub(super) fn plan(
        &self,
        plan: PlanFn,
        options: &Options,
        common: &Common,
    ) -> Result<Plan, Failure> {
        let size = self.sources.iter().map(|source| source.text().len()).sum();
        in_pool(size, common, || plan(&self.sources, options))?.map_err(|error| self.failure(error))
    }

    /// What `error` about one of the sources comes to.
    pub(super) fn failure(&self, error: Error) -> Failure {
        let source = error.place().source;
        let is_found = self.files[source].is_some() && self.is_found(self.sources[source].name());
        Failure::library(&advise(error, is_found), &self.sources)
    }

    /// Whether the file called `name` was come upon, and not given by its path.
    fn is_found(&self, name: &str) -> bool {
        name != self.path
    }

    fn add(
        &mut self,
        file: PathBuf,
        bytes: Cow<'static, [u8]>,
        common: &Common,
        options: &Options,
    ) -> Result<(), Failure> {
        let name = display(&file);
        let is_found = self.is_found(&name);
        let text = utf8(&name, bytes, is_found, common);
        let source = text.map(|text| source(name.clone(), text, common));
        let source = source.and_then(|source| {
            if common.skip_invalid {
                validate(&source, options).map_err(|error| {
                    Failure::library(&advise(error, is_found), std::slice::from_ref(&source))
                })?;
            }
            Ok(source)
        });
        match source {
            Ok(source) => {
                self.sources.push(source);
                self.files.push(Some(file));
            }
            Err(failure) if common.skip_invalid => {
                failure.print();
                anstream::eprintln!("warning: '{name}' is skipped");
            }
            Err(failure) => return Err(failure),
        }
        Ok(())
    }
}

/// Does `work` on `size` bytes: in a pool of threads, if it is worth the while.
///
/// # Errors
///
/// Returns an error if the system gives no threads.
pub(super) fn in_pool<R: Send>(
    size: usize,
    common: &Common,
    work: impl FnOnce() -> R + Send,
) -> Result<R, Failure> {
    const WORTH: usize = 1 << 20;
    let threads = common.threads.map_or(0, NonZeroUsize::get);
    if size < WORTH || threads == 1 {
        return Ok(work());
    }
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
    let pool = pool.map_err(|error| {
        Failure::new(format!("cannot start threads: {error}"), "run with `--threads 1`")
    })?;
    Ok(pool.install(work))
}

/// Whether standard input is a terminal: then nothing is piped in.
pub(super) fn is_terminal() -> bool {
    io::stdin().is_terminal()
}

/// What comes in on standard input.
///
/// # Errors
///
/// Returns an error if it is a terminal, cannot be read, or is not UTF-8.
pub(super) fn stdin(common: &Common) -> Result<Source<'static>, Failure> {
    let name = common.stdin_filename.clone().unwrap_or_else(|| "-".to_owned());
    let text = utf8(&name, read_stdin()?, false, common)?;
    Ok(source(name, text, common))
}

fn source(name: String, text: Cow<'static, str>, common: &Common) -> Source<'static> {
    let source = Source::new(name, text);
    #[cfg(debug_assertions)]
    let source = if common.spoil { source.with_fault(spoil) } else { source };
    if common.slow { source.slow() } else { source }
}

/// Takes away the byte before each edit too.
#[cfg(debug_assertions)]
fn spoil(edits: Vec<rollstamp::Edit>) -> Vec<rollstamp::Edit> {
    let spoil = |edit: rollstamp::Edit| rollstamp::Edit {
        span: edit.span.start.saturating_sub(1)..edit.span.end,
        ..edit
    };
    edits.into_iter().map(spoil).collect()
}

fn read_stdin() -> Result<Cow<'static, [u8]>, Failure> {
    if is_terminal() {
        return Err(Failure::new(
            "a PATH must be given, or manifests on standard input",
            "see `rollstamp --help`",
        ));
    }
    stdin_contents().map_err(|error| {
        Failure::new(format!("cannot read standard input: {error}"), "nothing has been written")
    })
}

#[cfg(unix)]
fn stdin_contents() -> io::Result<Cow<'static, [u8]>> {
    use std::os::fd::AsFd;
    contents(&File::from(io::stdin().as_fd().try_clone_to_owned()?))
}

#[cfg(not(unix))]
fn stdin_contents() -> io::Result<Cow<'static, [u8]>> {
    let mut bytes = Vec::new();
    io::stdin().lock().read_to_end(&mut bytes)?;
    Ok(bytes.into())
}

fn read(path: &Path) -> io::Result<Cow<'static, [u8]>> {
    contents(&File::open(path)?)
}

fn contents(mut file: &File) -> io::Result<Cow<'static, [u8]>> {
    if let Some(bytes) = map::map(file) {
        return Ok(bytes.into());
    }
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes)?;
    Ok(bytes.into())
}

/// `error`, with what else can be done if its file was come upon in a directory.
fn advise(error: Error, is_found: bool) -> Error {
    if is_found && error.is_unreadable() { error.with_alternative(LEAVE_OUT) } else { error }
}

fn utf8(
    name: &str,
    bytes: Cow<'static, [u8]>,
    is_found: bool,
    common: &Common,
) -> Result<Cow<'static, str>, Failure> {
    let may_thread = common.threads != NonZeroUsize::new(1);
    let (valid, bytes) = match bytes {
        Cow::Borrowed(bytes) => match map::text(bytes, may_thread) {
            Ok(text) => return Ok(text.into()),
            Err(error) => (error.valid_up_to(), Cow::Borrowed(bytes)),
        },
        Cow::Owned(bytes) => match String::from_utf8(bytes) {
            Ok(text) => return Ok(text.into()),
            Err(error) => (error.utf8_error().valid_up_to(), Cow::Owned(error.into_bytes())),
        },
    };
    let valid = String::from_utf8_lossy(&bytes[..valid]);
    let is_utf16 = matches!(*bytes, [0xff, 0xfe, ..] | [0xfe, 0xff, ..]);
    let help = if is_utf16 {
        "it looks like UTF-16: convert it, for example with `iconv -f utf-16 -t utf-8`".to_owned()
    } else if is_found {
        format!("convert it, or {LEAVE_OUT}")
    } else {
        "convert it".to_owned()
    };
    let place = LineIndex::new(&valid).line_column(valid.len());
    Err(Failure::at(name, place, "the text must be UTF-8", &help))
}

/// The manifests below `path`, in order.
fn files(path: &Path, common: &Common) -> Result<Vec<PathBuf>, Failure> {
    let metadata = fs::metadata(path).map_err(|error| Failure::file("read", path, &error))?;
    if !metadata.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let root = fs::canonicalize(path).map_err(|error| Failure::file("read", path, &error))?;
    let excluded = globs(&common.exclude)?;
    let mut filter = Filter { path, root, excluded, linked: BTreeSet::new(), charts: 0 };
    let mut walk = WalkDir::new(path).follow_links(true).sort_by_file_name().into_iter();
    let mut files = Vec::new();
    while let Some(entry) = walk.next() {
        let entry = match entry {
            Ok(entry) => entry,
            // A link to a directory around itself leads nowhere new, and a broken one nowhere.
            Err(error) if error.loop_ancestor().is_some() || is_broken_link(&error) => continue,
            Err(error) => return Err(walk_failure(path, error)),
        };
        if entry.depth() == 0 {
            continue;
        }
        if !filter.wants(&entry) {
            if entry.file_type().is_dir() {
                walk.skip_current_dir();
            }
        } else if entry.file_type().is_file() && is_manifest(entry.path()) {
            files.push(entry.into_path());
        }
    }
    if filter.charts > 0 && !common.quiet {
        let charts = super::count(filter.charts, "Helm chart");
        anstream::eprintln!("note: skipped the templates of {charts}; render them first");
    }
    Ok(files)
}

fn walk_failure(path: &Path, error: walkdir::Error) -> Failure {
    let path = error.path().unwrap_or(path).to_owned();
    Failure::file("read", &path, &io::Error::from(error))
}

fn is_broken_link(error: &walkdir::Error) -> bool {
    let is_absent = error.io_error().is_some_and(|e| e.kind() == io::ErrorKind::NotFound);
    is_absent && error.path().is_some_and(Path::is_symlink)
}

/// Decides which entries below a directory are looked at.
#[derive(Debug)]
struct Filter<'a> {
    path: &'a Path,
    root: PathBuf,
    excluded: GlobSet,
    /// What was reached by way of a link, so that it is not reached twice.
    linked: BTreeSet<PathBuf>,
    charts: usize,
}

impl Filter<'_> {
    fn wants(&mut self, entry: &DirEntry) -> bool {
        let relative = entry.path().strip_prefix(self.path).unwrap_or(entry.path());
        let is_hidden = entry.file_name().as_encoded_bytes().starts_with(b".");
        if is_hidden || self.excluded.is_match(relative) {
            return false;
        }
        if entry.path_is_symlink() {
            return self.wants_link(entry.path());
        }
        let is_chart = entry.file_type().is_dir()
            && entry.file_name() == OsStr::new("templates")
            && entry.path().with_file_name("Chart.yaml").is_file();
        self.charts += usize::from(is_chart);
        !is_chart
    }

    /// Whether a link leads to something in the tree that the walk does not come to otherwise.
    fn wants_link(&mut self, path: &Path) -> bool {
        let Ok(target) = fs::canonicalize(path) else { return false };
        let Ok(inside) = target.strip_prefix(&self.root) else { return false };
        let is_hidden = |part: &OsStr| part.as_encoded_bytes().starts_with(b".");
        inside.iter().any(is_hidden) && self.linked.insert(target)
    }
}

fn is_manifest(path: &Path) -> bool {
    let extension = path.extension().and_then(OsStr::to_str);
    extension.is_some_and(|extension| matches!(extension, "yaml" | "yml" | "json"))
}

/// The globs of `--exclude`: one without a slash matches a name at any depth, one with a slash a
/// path from the bundle's directory on.
fn globs(patterns: &[String]) -> Result<GlobSet, Failure> {
    let invalid = |error: &globset::Error| {
        Failure::new(
            format!("`--exclude` must be a valid glob: {error}"),
            "write for example `--exclude '*.sops.yaml'` or `--exclude 'overlays/*/patches'`",
        )
    };
    let mut globs = GlobSetBuilder::new();
    for pattern in patterns {
        let trimmed = pattern.trim_end_matches('/').trim_start_matches("./");
        let anchored =
            if trimmed.contains('/') { trimmed.to_owned() } else { format!("**/{trimmed}") };
        let glob = GlobBuilder::new(&anchored).literal_separator(true).build();
        globs.add(glob.map_err(|error| invalid(&error))?);
    }
    globs.build().map_err(|error| invalid(&error))
}

/// A path as messages show it.
fn display(path: &Path) -> String {
    let shown = path.strip_prefix("./").unwrap_or(path);
    if shown.as_os_str().is_empty() { path } else { shown }.display().to_string()
}
