// Numbers, as people read them.

const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

/** @returns {string} */
export const count = (number) => whole.format(number);

/** @returns {string} */
export const percent = (share) => `${(share * 100).toFixed(1)} %`;

/** @returns {string} */
export const rate = (perSecond) => `${count(perSecond)} / s`;

/** @returns {string} */
export const seconds = (number) => `${number.toFixed(2)} s`;

/** Two digits that count for what is short, so that a hit isn't 0 ms. */
export const milliseconds = (number) => `${number < 0.1 ? number.toFixed(3) : number.toFixed(1)} ms`;
