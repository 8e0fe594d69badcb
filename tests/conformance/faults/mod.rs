//! The law that the gate fails closed, over the whole path: every good answer of a real server and
//! every byte of a real store, broken in every way that comes to mind, and never exit 0 unless every
//! check was judged on complete evidence.
//!
//! `GATEWRIGHT_FAULT_RUNS` is how many runs there are (10000 for the long mode); faults are drawn
//! from a seed, `GATEWRIGHT_FAULT_SEED`, so that a breach can be repeated.

mod draw;
mod exchange;
mod fault;
mod gate;
mod kill;
mod rest;
mod sqlite;
