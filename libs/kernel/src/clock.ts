/** Where services take the time from; never read inside a decision or a projection. */
export interface Clock {
  now(): Date;
}
