/**
 * Vitest ends a file's process by SIGTERM, at which Node emits no `exit` by itself: brokers, stores and workers that a failed test
 * has left behind would work on beside all later files.
 */
process.once('SIGTERM', () => process.exit(0))
