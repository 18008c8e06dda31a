'use client';

export function PeopleMenu() {
  return null;
}
