//! What is going on in a cache at the moment.

use super::Cache;
use super::space;
use super::state::State;
use super::ticket::Ticket;
use crate::arena::Id;
use crate::engine::MAX_ENTRIES;
use crate::flight::Flight;
use crate::latch::{Gate, Role};
use std::rc::Rc;

/// A key that is locked or loaded. Times are in milliseconds.
#[cfg_attr(not(all(feature = "js", target_arch = "wasm32")), expect(dead_code))]
pub(crate) struct LiveKey {
    pub key: String,
    /// The names on the way to its namespace.
    pub namespace: Vec<Rc<str>>,
    pub is_load: bool,
    /// The number of the holder's turn; 0 if nobody has the turn.
    pub holder: u64,
    /// How much of the holder's lease is left.
    pub remaining: f64,
    /// How many callers wait for their turn or for the value, the caller whose loader runs included.
    pub waiting: u32,
}

impl<K, V> State<K, V> {
    /// The tickets that hold a gate or wait there, with the gate; those of one gate side by side.
    fn live(&self) -> Vec<(Gate, &Rc<Ticket<K, V>>)> {
        let is_live =
            |ticket: &&Rc<Ticket<K, V>>| matches!(self.role(ticket), Role::Resting | Role::Waiting | Role::Holding);
        let live = self.tickets().filter(is_live);
        let mut live: Vec<_> =
            live.filter_map(|ticket| Some((self.flights.latch.gate_of(ticket.number)?, ticket))).collect();
        live.sort_by_key(|(gate, _)| gate.index());
        live
    }
}

impl<V> Cache<String, V> {
    /// The most entries, and the most that they may weigh together: infinity for no bound.
    #[cfg_attr(not(all(feature = "js", target_arch = "wasm32")), expect(dead_code))]
    pub(crate) fn bounds(&self) -> (f64, f64) {
        let bounds = self.core.read(|state| state.table.engine.bounds());
        let entries = if bounds.entries < MAX_ENTRIES { f64::from(bounds.entries) } else { f64::INFINITY };
        (entries, bounds.weight)
    }

    /// The keys of this cache or namespace that are locked or loaded, those of the namespaces within included.
    #[cfg_attr(not(all(feature = "js", target_arch = "wasm32")), expect(dead_code))]
    pub(crate) fn live_keys(&self) -> Vec<LiveKey> {
        let now = self.core.elapsed();
        self.core.read(|state| {
            let describe = |tickets: &[(Gate, &Rc<Ticket<String, V>>)]| {
                let &(gate, first) = tickets.first()?;
                let place = Some(&first.place).filter(|place| space::is_within(&place.space, &self.space))?;
                let holder =
                    tickets.iter().map(|(_, ticket)| ticket).find(|ticket| state.role(ticket) == Role::Holding);
                let waiting = tickets.iter().map(|(_, ticket)| match ticket.is_load {
                    true => state.flights.waiting(Flight::from_raw(ticket.number.raw())),
                    false => u32::from(matches!(state.role(ticket), Role::Resting | Role::Waiting)),
                });
                Some(LiveKey {
                    key: place.key.clone(),
                    namespace: space::names(&place.space).to_vec(),
                    is_load: holder.is_some_and(|holder| holder.is_load),
                    holder: holder.map_or(0, |holder| state.token(holder)),
                    remaining: holder.map_or(0.0, |_| (state.flights.latch.deadline(gate) - now).max(0.0)),
                    waiting: waiting.sum(),
                })
            };
            state.live().chunk_by(|(one, _), (other, _)| one == other).filter_map(describe).collect()
        })
    }
}
