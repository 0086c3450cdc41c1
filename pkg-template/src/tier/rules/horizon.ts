import type { Position } from '../store.js';
export interface Asked {
  readonly epoch: string | undefined;
  readonly greatest: number;
}
export class Horizon {
  #epochs: string[] = [];
  #current = 0;
  greatest = 0;
  #distrusted = false;
  since(): Position | undefined {
    const epoch = this.#epochs.at(-1);
    return epoch === undefined || this.#distrusted ? undefined : { epoch, sequence: this.#current };
  }
  ask(): Asked {
    return { epoch: this.#epochs.at(-1), greatest: this.greatest };
  }
  hear(asked: Asked, epoch: string, sequence: number): 'same' | 'anew' | 'regress' | 'outdated' {
    const known = this.#epochs.at(-1);
    if (known !== undefined) {
      if (epoch === known && this.#distrusted) return 'regress';
      if (epoch !== known && asked.epoch !== known) return 'outdated';
      if (sequence < asked.greatest || (epoch !== known && this.#epochs.includes(epoch))) {
        if (epoch !== known) this.#epochs.push(epoch);
        this.#distrusted = true;
        return 'regress';
      }
    }
    if (epoch !== known) {
      this.#epochs.push(epoch);
      this.#current = 0;
    }
    this.#current = Math.max(this.#current, sequence);
    this.greatest = Math.max(this.greatest, sequence);
    this.#distrusted = false;
    return epoch === known ? 'same' : 'anew';
  }
}
