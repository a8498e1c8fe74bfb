//! What processes cost, as the kernel counts it.

use std::collections::BTreeMap;

/// Milliseconds of a tick of the kernel's clock of processes (`sysconf(_SC_CLK_TCK)` is 100 on Linux).
const TICK_MS: u64 = 10;

/// Every process: its parent, its name, and how long it has used the processor, in milliseconds.
pub(crate) fn processes() -> BTreeMap<u32, (u32, String, u64)> {
    let entries = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    let ids = entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    ids.filter_map(|id: u32| Some((id, process(id)?))).collect()
}

fn process(id: u32) -> Option<(u32, String, u64)> {
    let stat = std::fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    let (before, after) = stat.rsplit_once(')')?;
    let name = before.split_once('(')?.1.to_owned();
    let fields: Vec<&str> = after.split_whitespace().collect();
    let number = |at: usize| fields.get(at)?.parse::<u64>().ok();
    let parent = u32::try_from(number(1)?).ok()?;
    Some((parent, name, (number(11)? + number(12)?) * TICK_MS))
}

/// How long the threads of a process have used the processor, in milliseconds, by the scheduler's own account, which has no steps.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Own {
    /// Reading what is on the frames, masking it, and naming what is left.
    pub(crate) reading: f64,
    /// Everything else: the input, the gate, the frames, the trees, the journal.
    pub(crate) rest: f64,
}

impl Own {
    pub(crate) fn of(threads: &BTreeMap<String, f64>) -> Self {
        let (reading, rest): (Vec<_>, Vec<_>) =
            threads.iter().partition(|(name, _)| name.starts_with("candor-redact"));
        let sum = |threads: Vec<(&String, &f64)>| threads.into_iter().map(|(_, ms)| ms).sum();
        Self { reading: sum(reading), rest: sum(rest) }
    }

    pub(crate) fn all(self) -> f64 {
        self.reading + self.rest
    }
}

/// How long each thread of a process has used the processor, in milliseconds by its name.
pub(crate) fn threads_ms(id: u32) -> BTreeMap<String, f64> {
    let tasks = std::fs::read_dir(format!("/proc/{id}/task")).into_iter().flatten().flatten();
    let mut sums = BTreeMap::new();
    for (name, ms) in tasks.filter_map(|task| thread(&task.path())) {
        *sums.entry(name.trim_end().to_owned()).or_default() += ms;
    }
    sums
}

/// What came since, in milliseconds by the name of the thread.
pub(crate) fn threads_since(id: u32, before: &BTreeMap<String, f64>) -> BTreeMap<String, f64> {
    let more = |(name, ms): (String, f64)| {
        let before = before.get(&name).copied().unwrap_or_default();
        (name, ms - before)
    };
    threads_ms(id).into_iter().map(more).collect()
}

fn thread(folder: &std::path::Path) -> Option<(String, f64)> {
    let name = std::fs::read_to_string(folder.join("comm")).ok()?;
    let told = std::fs::read_to_string(folder.join("schedstat")).ok()?;
    let ns: f64 = told.split(' ').next()?.parse().ok()?;
    Some((name, ns / 1e6))
}

/// How long everything that this program started has used the processor, in milliseconds by the name of the program, apart from `left_out`
/// and from what only moves the hands.
pub(crate) fn desktop_ms(left_out: &[u32]) -> BTreeMap<String, u64> {
    let all = processes();
    let root = std::process::id();
    let is_below = |id: u32| {
        let mut at = id;
        while let Some((parent, ..)) = all.get(&at) {
            if left_out.contains(&at) {
                return false;
            }
            if *parent == root {
                return true;
            }
            at = *parent;
        }
        false
    };
    let hands = |name: &str| name == "xdotool";
    let mut sums = BTreeMap::new();
    for (_, (_, name, ms)) in all.iter().filter(|(id, (_, name, _))| !hands(name) && is_below(**id)) {
        *sums.entry(name.clone()).or_default() += ms;
    }
    sums
}

/// What came since, in milliseconds by the name of the program.
pub(crate) fn since(now: &BTreeMap<String, u64>, before: &BTreeMap<String, u64>) -> BTreeMap<String, u64> {
    let more = |(name, ms): (&String, &u64)| {
        (name.clone(), ms.saturating_sub(before.get(name).copied().unwrap_or_default()))
    };
    now.iter().map(more).collect()
}

/// How long a process and everything that it started have used the processor, in milliseconds.
pub(crate) fn tree_ms(id: u32) -> u64 {
    let all = processes();
    let is_below = |mut at: u32| loop {
        match all.get(&at) {
            _ if at == id => return true,
            Some((parent, ..)) => at = *parent,
            None => return false,
        }
    };
    all.iter().filter(|(at, _)| is_below(**at)).map(|(_, (.., ms))| ms).sum()
}

/// The most memory that a process has had at once, in megabytes.
pub(crate) fn memory_mb(id: u32) -> Option<f64> {
    let status = std::fs::read_to_string(format!("/proc/{id}/status")).ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM"))?;
    line.split_whitespace().nth(1)?.parse::<f64>().ok().map(|kilobytes| kilobytes / 1e3)
}

/// The bytes of every file below a folder.
pub(crate) fn bytes_below(folder: &std::path::Path) -> u64 {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let bytes = |entry: std::fs::DirEntry| match entry.metadata() {
        Ok(found) if found.is_dir() => bytes_below(&entry.path()),
        Ok(found) => found.len(),
        Err(_) => 0,
    };
    entries.map(bytes).sum()
}
