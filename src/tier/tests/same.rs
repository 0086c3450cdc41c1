//! Which worlds are the same: those that differ in nothing that can still matter.

use super::node::{Flight, Node};
use super::store::{Asker, Question, Store};
use super::world::{Message, Packet, World};
use std::collections::BTreeSet;
use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher, Hash};

/// The same number for the same worlds. It leaves out the names of messages and changes, the order of messages, past lives,
/// and which of two nodes is the first.
pub fn fingerprint(world: &World) -> u64 {
    let orders: &[&[usize]] = if world.nodes.len() == 2 { &[&[0, 1], &[1, 0]] } else { &[&[0, 1, 2]] };
    orders.iter().map(|order| Seen { world, order }.number()).min().unwrap()
}

fn number(value: impl Hash) -> u64 {
    BuildHasherDefault::<DefaultHasher>::default().hash_one(value)
}

/// A world whose nodes are seen in an order.
struct Seen<'a> {
    world: &'a World,
    order: &'a [usize],
}

impl Seen<'_> {
    fn number(&self) -> u64 {
        let World { now, source, epochs, has_shared, broken, last_turn, store, replica, .. } = self.world;
        let nodes: Vec<_> = self.order.iter().map(|&at| self.node(&self.world.nodes[at])).collect();
        let mut messages: Vec<_> = self.world.messages.iter().filter_map(|message| self.message(message)).collect();
        messages.sort_unstable();
        let holders = self.world.holders.iter().map(|holder| {
            let (epoch, held) = holder.filter(|(_, held)| held.until > *now)?;
            Some((epoch, held.number, self.asker(held.holder), held.until))
        });
        let holders: Vec<_> = holders.collect();
        number((
            (now, source, epochs, has_shared, broken, last_turn),
            (self.store(store), self.store(replica)),
            (nodes, messages, holders, self.promises()),
        ))
    }

    /// Its place in the order, and whether it still lives.
    fn asker(&self, (at, life): Asker) -> (usize, bool) {
        (self.order.iter().position(|&other| other == at).unwrap(), self.world.nodes[at].life == life)
    }

    fn store(&self, store: &Store) -> u64 {
        let Store { epoch, sequence, records, feed, trimmed, turns } = store;
        let turns: Vec<_> = turns
            .iter()
            .map(|turn| {
                turn.filter(|turn| turn.until > self.world.now)
                    .map(|turn| (turn.number, self.asker(turn.holder), turn.until))
            })
            .collect();
        number((epoch, sequence, records, feed, trimmed, turns))
    }

    fn node(&self, node: &Node) -> u64 {
        let Node { horizon, doubt, feed, memory, is_polling, changed, .. } = node;
        let flights: Vec<_> = node
            .flights
            .iter()
            .enumerate()
            .map(|(key, flight)| {
                flight.map(|Flight { stage, began, turn, is_fenced, promises, own }| {
                    let promised = self.world.promises.iter().take(promises).map(|promise| promise.versions[key]).max();
                    (stage, began, turn, is_fenced, own.max(promised.unwrap_or_default()))
                })
            })
            .collect();
        let outbox: Vec<_> =
            node.outbox.iter().map(|pending| (pending.subject, pending.value, &pending.versions)).collect();
        number((horizon, doubt, feed, memory, flights, outbox, is_polling, changed))
    }

    /// A message, unless it can't have an effect any more.
    fn message(&self, message: &Message) -> Option<u64> {
        let asker @ (_, is_alive) = self.asker((message.node, message.life));
        let (question, answer) = match &message.packet {
            Packet::Question(question) => (*question, None),
            Packet::Answer(_, _) if !is_alive => return None,
            Packet::Answer(question, answer) => (*question, Some(answer)),
        };
        let outbox = &self.world.nodes[message.node].outbox;
        let place = |id: u32| outbox.iter().position(|pending| is_alive && pending.id == id);
        // A change has the name of its place among those that wait.
        let (question, change) = match question {
            Question::Drop { subject, id } => (Question::Drop { subject, id: 0 }, place(id)),
            Question::Replay { key, version, since, id } => {
                (Question::Replay { key, version, since, id: 0 }, place(id))
            }
            question => (question, None),
        };
        // Only news are as old as their question.
        let at = matches!(question, Question::Changes { .. }).then_some(message.at);
        let asked = is_alive.then_some(message.asked);
        Some(number((asker, asked, at, question, change, answer)))
    }

    /// The promises that are not contained in others.
    fn promises(&self) -> BTreeSet<(Option<usize>, u32, Vec<u32>)> {
        let over = self.world.now.saturating_sub(self.world.setup.doubt);
        let all: BTreeSet<_> = self
            .world
            .promises
            .iter()
            .map(|promise| {
                let (place, is_alive) = self.asker(promise.holder);
                (is_alive.then_some(place), promise.given.max(over), promise.versions.clone())
            })
            .collect();
        let is_within = |(holder, given, versions): &(Option<usize>, u32, Vec<u32>),
                         other: &(Option<usize>, u32, Vec<u32>)| {
            (holder.is_none() || *holder == other.0)
                && *given >= other.1
                && versions.iter().zip(&other.2).all(|(one, other)| one <= other)
        };
        all.iter().filter(|one| !all.iter().any(|other| other != *one && is_within(one, other))).cloned().collect()
    }
}
