//! What runs on a person's own machine: the client, the gate's world, the journal, the road from a source to it.

pub(crate) mod board;
pub(crate) mod client;
pub(crate) mod enrolment;
pub(crate) mod forget;
pub(crate) mod gate;
pub(crate) mod interrupt;
pub(crate) mod kept;
pub(crate) mod lists;
pub(crate) mod live;
pub(crate) mod models;
pub(crate) mod name;
pub(crate) mod network;
pub(crate) mod not_here;
pub(crate) mod page;
pub(crate) mod private;
pub(crate) mod program;
mod proof;
mod pulse;
mod redaction;
pub(crate) mod release;
pub(crate) mod road;
pub(crate) mod steps;
pub(crate) mod uploads;
pub(crate) mod withdraw;
pub(crate) mod words;
