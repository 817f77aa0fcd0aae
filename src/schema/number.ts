/** A number whose digits a double does not keep, such as 12345678901234567890 or 1.10: text as it was sent. */
export class ExactNumber {
  readonly digits: string

  constructor(digits: string) {
    this.digits = digits
  }
}
