/** Where each kind of request stands at the outbound endpoint. */
export const COLLECTIONS = { call: "/outbound/calls", message: "/outbound/messages" } as const;
