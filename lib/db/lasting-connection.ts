/**
 * Of connections that stay open while nothing is asked: one that a firewall dropped silently is noticed by TCP keep-alive, of
 * which Node sends ten a second apart.
 */
export const LASTING_CONNECTION = {
  /** Also of the wait for a free one of a pool. */
  connectionTimeoutMillis: 10_000,
  keepAlive: true,
  keepAliveInitialDelayMillis: 10_000,
} as const
