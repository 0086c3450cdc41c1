// Mutations of the latch in Rust.

export const rust = [
  {
    name: 'no-lease',
    file: 'src/latch/mod.rs',
    find: '&& !state.settled && now >= state.deadline {',
    replace: '&& !state.settled && now < 0.0 * state.deadline {',
    why: 'a holder loses the gate when its lease is over',
  },
  {
    name: 'lease-never-set',
    file: 'src/latch/book.rs',
    find: 'gate.deadline = now + state.lease;',
    replace: 'gate.deadline = f64::INFINITY + now + state.lease;',
    why: 'each turn has a lease',
  },
  {
    name: 'promote-nobody',
    file: 'src/latch/mod.rs',
    find: 'let next = if taker == NIL { state.waiting.head() } else { taker };',
    replace: 'let next = taker;',
    why: 'a holder that leaves hands over to the first that waits',
  },
  {
    name: 'promote-twice',
    file: 'src/latch/mod.rs',
    find: '            self.book.hold(next, now);\n            if next != taker {',
    replace:
      '            self.book.hold(next, now);\n            if let Some(other) = self.book.first_member(gate) {\n' +
      '                self.book.leave(other);\n                self.book.hold(other, now);\n            }\n' +
      '            if next != taker {',
    why: 'a holder that leaves hands over to one, never to two',
  },
  {
    name: 'reverse-order',
    file: 'src/latch/mod.rs',
    find: 'state.waiting.head()',
    replace: 'state.waiting.tail()',
    why: 'waiting locks are served in the order in which they entered',
  },
  {
    name: 'promotion-untold',
    file: 'src/latch/mod.rs',
    find: '            if next != taker {\n                self.events.push(Event::Promoted(next));\n            }\n',
    replace: '',
    why: 'the lock whose turn has come is told',
  },
  {
    name: 'settle-all-but-one',
    file: 'src/latch/mod.rs',
    find: 'while let Some(other) = self.book.first_member(gate) {\n            self.book.leave(other);',
    replace: 'if let Some(other) = self.book.first_member(gate) {\n            self.book.leave(other);',
    why: 'a result goes to all that wait',
  },
  {
    name: 'fenced-is-stored',
    file: 'src/latch/mod.rs',
    find: 'if self.book.gate(gate).fenced { Outcome::Fenced }',
    replace: 'if self.book.gate(gate).fenced && self.events.is_empty() { Outcome::Fenced }',
    why: 'a fenced result isn’t stored, whoever waits for it',
  },
  {
    name: 'lost-may-settle',
    file: 'src/latch/mod.rs',
    find: 'Role::Lost => return Err(Refused::Lost),',
    replace: 'Role::Lost => {}',
    why: 'who has lost the gate has no result',
  },
  {
    name: 'token-stands-still',
    file: 'src/latch/book.rs',
    find: 'self.token += 1;',
    replace: 'self.token = 1;',
    why: 'the number of a turn grows with each holder',
  },
  {
    name: 'extend-by-anyone',
    file: 'src/latch/mod.rs',
    find: 'let holds = self.book.role(ticket) == Role::Holding;',
    replace: 'let holds = self.book.role(ticket) != Role::Free;',
    why: 'only the holder begins its lease anew',
  },
  {
    name: 'fenced-waiters-forgotten',
    file: 'src/latch/mod.rs',
    find: 'return self.merge(gate, current, now);',
    replace: 'return;',
    why: 'those who wait at a fenced gate go on where their key leads',
  },
];
