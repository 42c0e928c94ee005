// Random numbers and picks, the same for the same seed.

export class Random {
  constructor(seed) {
    this.state = seed >>> 0;
  }

  // Mulberry32: 32 bits of state are plenty for test cases.
  next() {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let mixed = this.state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  }

  below(limit) {
    return Math.floor(this.next() * limit);
  }

  chance(probability) {
    return this.next() < probability;
  }

  pick(list) {
    return list[this.below(list.length)];
  }

  some(list, max) {
    return Array.from({ length: this.below(max + 1) }, () => this.pick(list));
  }

  times(max, make) {
    return Array.from({ length: this.below(max + 1) }, make);
  }

  // One of the makers, each as likely as its weight says.
  weighted(entries) {
    let place = this.next() * entries.reduce((sum, [weight]) => sum + weight, 0);
    for (const [weight, make] of entries) {
      place -= weight;
      if (place < 0) return make();
    }
    return entries[entries.length - 1][1]();
  }
}
