/** Runs the example unchanged. */
import '../../examples/miniflare/reservation.test.ts'
