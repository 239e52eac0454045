"use strict";
(() => {
  let known = null;
  setInterval(async () => {
    try {
      const answer = await fetch("version", { cache: "no-store" });
      const now = await answer.text();
      if (known !== null && now !== known) location.reload();
      known = now;
    } catch {
      return;
    }
  }, 700);
})();
