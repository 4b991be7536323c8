/** The example runs as it stands. */
import '../../examples/miniflare/reservation.test.ts'
