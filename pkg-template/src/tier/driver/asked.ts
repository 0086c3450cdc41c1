// What the keys of one call for many ask the store.
//
// The call waits for its own questions only. What another request has asked may never be answered, as on workerd, where a
// request takes its work along.

/** How many microtasks a load takes from an answer to its next question, or to its loader, at most. */
const MICROTASKS = 12;

export class Asked {
  /** The questions under way, by the options of the call: all its keys have the same. */
  readonly #questions = new WeakMap<object, Set<Promise<unknown>>>();

  /** Notes a question of a key. */
  note(call: object, question: Promise<unknown>): void {
    const questions = this.#questions.get(call);
    if (!questions) return;
    questions.add(question);
    const end = (): void => void questions.delete(question);
    question.then(end, end);
  }

  /** Resolves once no key of a call waits for an answer. From the first time on, its questions are noted. */
  async answered(call: object): Promise<void> {
    let questions = this.#questions.get(call);
    if (!questions) this.#questions.set(call, (questions = new Set()));
    do {
      await Promise.allSettled(questions);
      for (let passed = 0; passed < MICROTASKS; passed += 1) await undefined;
    } while (questions.size > 0);
  }
}
