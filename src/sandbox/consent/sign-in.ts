/** A way to sign in, with a number for it that nobody has. */
export interface WayIn {
  readonly name: string;
  readonly digits: number;
  readonly sample: string;
}

// Real mobile numbers begin with 6 to 9, real Aadhaar numbers with 2 to 9: a zero makes both invalid.
const MOBILE: WayIn = { name: 'mobile number', digits: 10, sample: '00000 00000' };
const AADHAAR: WayIn = { name: 'Aadhaar number', digits: 12, sample: '0000 0000 0000' };

export const SAMPLE_OTP = '000000';

export interface SignInProblems {
  readonly number: string | null;
  readonly otp: string | null;
}

/** The way in that the client chose for the end user. */
export function wayIn({ startsWithSignUp }: { readonly startsWithSignUp: boolean }): WayIn {
  return startsWithSignUp ? AADHAAR : MOBILE;
}

/** What is wrong with a filled-in form, `null` when nothing is. A number that could be real is wrong. */
export function checkSignIn({ name, digits }: WayIn, form: URLSearchParams): SignInProblems | null {
  const isSample = new RegExp(`^0[0-9]{${digits - 1}}$`).test(entry(form, 'number'));
  const isOtp = /^[0-9]{6}$/.test(entry(form, 'otp'));
  if (isSample && isOtp) return null;
  return {
    number: isSample ? null : `Use ${digits} digits that begin with 0. No real ${name} does.`,
    otp: isOtp ? null : 'Use any six digits.',
  };
}

function entry(form: URLSearchParams, name: string): string {
  return (form.get(name) ?? '').replaceAll(' ', '');
}
