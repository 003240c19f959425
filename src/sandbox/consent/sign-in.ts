import type { Session } from '../sessions.js';

/** One thing that the sign-in asks for, filled in with a made-up value. */
export interface SignInField {
  readonly id: 'number' | 'otp' | 'username' | 'pin';
  readonly label: string;
  readonly hint: string;
  readonly sample: string;
  readonly isNumeric: boolean;
  /** What an entry has to be, without its spaces. */
  readonly pattern: RegExp;
  readonly problem: string;
}

// Real mobile numbers begin with 6 to 9, real Aadhaar numbers with 2 to 9: a zero makes both invalid.
const MOBILE = numberField('Mobile number', 10, '00000 00000');
const AADHAAR = numberField('Aadhaar number', 12, '0000 0000 0000');

const OTP: SignInField = {
  id: 'otp',
  label: 'One-time code (OTP)',
  hint: 'Made up too. No message was sent.',
  sample: '000000',
  isNumeric: true,
  pattern: /^[0-9]{6}$/,
  problem: 'Use any six digits.',
};

const EXTRA_FIELDS: Readonly<Record<Session['extraFields'][number], SignInField>> = {
  username: {
    id: 'username',
    label: 'Username',
    hint: 'The name to sign in with from now on. It is not kept.',
    sample: 'asha.example',
    isNumeric: false,
    pattern: /^[a-z0-9.]*example$/,
    problem: 'Use small letters and digits that end in "example".',
  },
  pin: {
    id: 'pin',
    label: 'Security PIN',
    hint: 'Made up too.',
    sample: '000000',
    isNumeric: true,
    pattern: /^0[0-9]{5}$/,
    problem: 'Use six digits that begin with 0.',
  },
};

/** What is wrong with an entry, by the field. */
export type SignInProblems = Partial<Record<SignInField['id'], string>>;

/** What the app lets the end user be asked for. */
export function signInFields({ startsWithSignUp, extraFields }: Session): readonly SignInField[] {
  return [startsWithSignUp ? AADHAAR : MOBILE, OTP, ...extraFields.map((name) => EXTRA_FIELDS[name])];
}

/** What is wrong with a filled-in form, `null` when nothing is. A number that could be real is wrong. */
export function signInProblems(session: Session, form: URLSearchParams): SignInProblems | null {
  const wrong = signInFields(session).filter(
    ({ id, pattern }) => !pattern.test((form.get(id) ?? '').replaceAll(' ', '')),
  );
  return wrong.length === 0 ? null : Object.fromEntries(wrong.map(({ id, problem }) => [id, problem]));
}

function numberField(label: string, digits: number, sample: string): SignInField {
  const name = label.replace(/^M/, 'm');
  return {
    id: 'number',
    label,
    hint: 'Made up. A number that could be real is refused.',
    sample,
    isNumeric: true,
    pattern: new RegExp(`^0[0-9]{${digits - 1}}$`),
    problem: `Use ${digits} digits that begin with 0. No real ${name} does.`,
  };
}
