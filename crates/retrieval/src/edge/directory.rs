//! Where an index lives: a directory of its own below a shared one, gone when its owner is gone.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

const PREFIX: &str = "edge-";
const LOCK: &str = "lock";
const SHARD: &str = "shard";
const GATE: &str = "edge.gate";

/// A fresh directory, held by an operating-system lock for as long as this value lives.
///
/// The index is a projection of the database and is filled anew at every start. One that were
/// reused could still hold a lesson that was withdrawn meanwhile.
#[derive(Debug)]
pub(super) struct Directory {
    _lock: File,
    dir: TempDir,
}

impl Directory {
    /// A new directory below `parent`, after clearing away those whose owners died. Any number of
    /// processes may share `parent`.
    pub(super) fn create(parent: &Path) -> io::Result<Self> {
        fs::create_dir_all(parent)?;
        // One opener at a time: no one sweeps a directory that is made but not yet locked.
        let gate = File::create(parent.join(GATE))?;
        gate.lock()?;
        sweep(parent)?;
        Self::hold(tempfile::Builder::new().prefix(PREFIX).tempdir_in(parent)?)
    }

    /// A new directory among the system's temporary files, readable by this user alone. Nothing is
    /// swept there: what lies beside it may be anybody's.
    pub(super) fn temporary() -> io::Result<Self> {
        Self::hold(tempfile::Builder::new().prefix("intellistack-edge-").tempdir()?)
    }

    fn hold(dir: TempDir) -> io::Result<Self> {
        let lock = File::create(dir.path().join(LOCK))?;
        lock.lock()?;
        fs::create_dir(dir.path().join(SHARD))?;
        Ok(Self { _lock: lock, dir })
    }

    /// Where the shard's files go; it exists and is empty at first.
    pub(super) fn shard(&self) -> PathBuf {
        self.dir.path().join(SHARD)
    }
}

/// Removes the directories whose lock nobody holds.
fn sweep(parent: &Path) -> io::Result<()> {
    for entry in fs::read_dir(parent)? {
        let path = entry?.path();
        let ours = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(PREFIX));
        if ours && path.is_dir() && abandoned(&path) {
            // One that cannot be removed costs disk space, not correctness.
            if let Err(error) = fs::remove_dir_all(&path) {
                tracing::warn!(path = %path.display(), %error, "an abandoned index stays on disk");
            }
        }
    }
    Ok(())
}

/// Whether this is an index, by its lock file, and nobody holds it.
fn abandoned(dir: &Path) -> bool {
    File::open(dir.join(LOCK)).is_ok_and(|lock| lock.try_lock().is_ok())
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn a_dead_owners_directory_is_swept_and_a_living_ones_is_not() {
        let parent = tempfile::tempdir().unwrap();
        let dead = parent.path().join("edge-dead");
        fs::create_dir(&dead).unwrap();
        File::create(dead.join(LOCK)).unwrap();
        let first = Directory::create(parent.path()).unwrap();
        let second = Directory::create(parent.path()).unwrap();
        assert!(!dead.exists());
        assert!(first.shard().is_dir());
        assert_ne!(first.shard(), second.shard());
    }

    #[test]
    fn nothing_is_left_when_the_owner_goes() {
        let parent = tempfile::tempdir().unwrap();
        let directory = Directory::create(parent.path()).unwrap();
        let shard = directory.shard();
        drop(directory);
        assert!(!shard.exists());
    }

    #[test]
    fn foreign_files_are_left_alone() {
        let parent = tempfile::tempdir().unwrap();
        fs::create_dir(parent.path().join("edge-models")).unwrap();
        fs::write(parent.path().join("edge-notes.txt"), "keep").unwrap();
        let _directory = Directory::create(parent.path()).unwrap();
        assert!(parent.path().join("edge-models").exists());
        assert!(parent.path().join("edge-notes.txt").exists());
    }
}
