/**
 * The name under a picture is "place · person", or one of both.
 *
 * @param {string} name
 * @returns {[string, string]} the place, and the person or nothing
 */
export function placeAndPerson(name) {
  const [place, ...person] = name.split(' · ');
  return [place || name, person.join(' · ')];
}
