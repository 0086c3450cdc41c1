export class Doubt {
  isOn = false;
  constructor(
    readonly limit: number,
    private last: number,
  ) {}
  get deadline(): number {
    return this.last + this.limit;
  }
  news(asked: number, now: number): void {
    if (asked > this.last) {
      this.last = asked;
      this.isOn &&= now >= this.deadline;
    }
  }
  begins(now: number): boolean {
    const begins = !this.isOn && now >= this.deadline;
    this.isOn ||= begins;
    return begins;
  }
}
