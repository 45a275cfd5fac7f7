import { describe, expect, it } from 'vitest';
import { attemptsBy, network } from './attempts.ts';
import { TooManyAttempts } from './faults.ts';

const start = Date.parse('2026-03-02T08:00:00Z');
const at = (seconds: number) => new Date(start + seconds * 1000);
const outcome = (work: () => void): string | number => {
  try {
    work();
    return 'taken';
  } catch (error) {
    const { retryAfterSeconds, first } = error as TooManyAttempts;
    return `${retryAfterSeconds}${first ? ' first' : ''}`;
  }
};

describe('attempts', () => {
  it('are as many as the burst, then as many as flow back', () => {
    const attempts = attemptsBy({ burst: 3, perMinute: 6 });
    const take = (seconds: number) => outcome(() => attempts.take('192.0.2.1', at(seconds)));
    expect([take(0), take(0), take(0), take(0), take(5), take(10), take(10)]).toEqual([
      'taken',
      'taken',
      'taken',
      '10 first',
      '5',
      'taken',
      '10 first',
    ]);
    expect(outcome(() => attempts.take('192.0.2.2', at(10)))).toBe('taken');
  });

  it('that succeeded cost nothing', () => {
    const attempts = attemptsBy({ burst: 2, perMinute: 1 });
    for (let i = 0; i < 50; i++) {
      attempts.take('192.0.2.1', at(0));
      attempts.giveBack('192.0.2.1');
    }
    expect(() => attempts.take('192.0.2.1', at(0))).not.toThrow();
  });

  it('are not won by a clock that goes back', () => {
    const attempts = attemptsBy({ burst: 1, perMinute: 60 });
    attempts.take('192.0.2.1', at(100));
    expect(() => attempts.take('192.0.2.1', at(0))).toThrow(TooManyAttempts);
  });

  it('are remembered for a bounded number of addresses', () => {
    const attempts = attemptsBy({ burst: 1, perMinute: 1 }, 10);
    attempts.take('192.0.2.1', at(0));
    for (let i = 0; i < 10; i++) attempts.take(`198.51.100.${i}`, at(0));
    expect(() => attempts.take('192.0.2.1', at(0))).not.toThrow();
    expect(() => attempts.take('198.51.100.9', at(0))).toThrow(TooManyAttempts);
  });

  it('count an IPv6 network as one', () => {
    expect(network('2001:db8:1:2:3:4:5:6')).toBe(network('2001:0db8:0001:2::1'));
    expect(network('2001:db8:1:3::1')).not.toBe(network('2001:db8:1:2::1'));
    expect(network('2001:db8::1')).toBe('2001:db8:0:0::/64');
    expect(network('::1')).toBe('0:0:0:0::/64');
    expect(network('fe80::1%eth0')).toBe('fe80:0:0:0::/64');
    expect(network('::ffff:192.0.2.1')).toBe('192.0.2.1');
    expect(network('not an address')).toBe('not an address');
  });
});
