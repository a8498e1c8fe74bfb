//! Tests of the whole journal, one file a promise; `house` has what they build on.

mod crash;
mod cut;
mod deletion;
mod disk_full;
mod frames;
mod house;
mod masks;
mod plain_model;
mod release;
mod review;
mod tampering;
mod torn;
mod vectors;
