/** Leads this many reservations through a pure engine, three steps each; throws where one does not end confirmed. */
export type LeadSagas = (many: number) => void
