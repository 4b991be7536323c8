/** The same with fields that can be set: an observation that a test falsifies. */
export type Mutable<T> = { -readonly [Key in keyof T]: T[Key] }
