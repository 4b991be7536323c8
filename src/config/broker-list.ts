/** A comma-separated text → the brokers in it. */
export function splitBrokers(text: string): readonly string[] {
  const brokers = text.split(',').map((broker) => broker.trim())
  return brokers.filter((broker) => broker !== '')
}
