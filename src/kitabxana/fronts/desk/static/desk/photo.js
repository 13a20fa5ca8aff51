// A photo from the camera of this machine: what it sees goes into the form's file, and is sent as any other file.
(() => {
  "use strict";
  const form = document.querySelector("[data-photo]");
  if (!form || !navigator.mediaDevices?.getUserMedia) return;
  const [begin, take] = ["begin", "take"].map((name) => form.querySelector(`[data-camera=${name}]`));
  const told = form.querySelector("[data-camera-told]");
  const view = form.querySelector("video");
  const file = form.querySelector("input[type=file]");
  let stream = null;

  const stop = () => {
    stream?.getTracks().forEach((track) => track.stop());
    stream = null;
    view.hidden = take.hidden = true;
    begin.hidden = false;
  };

  begin.hidden = false;
  begin.addEventListener("click", async () => {
    told.hidden = true;
    try {
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "user", width: 1280, height: 960 } });
    } catch {
      told.hidden = false;
      return;
    }
    view.srcObject = stream;
    begin.hidden = true;
    view.hidden = take.hidden = false;
    await view.play();
    take.focus();
  });

  take.addEventListener("click", () => {
    const sheet = document.createElement("canvas");
    // The middle of the picture, as high as it is and four fifths as wide: a face, not a room.
    const width = Math.min(view.videoWidth, Math.round(view.videoHeight * 0.8));
    sheet.width = width;
    sheet.height = view.videoHeight;
    sheet.getContext("2d").drawImage(view, (view.videoWidth - width) / 2, 0, width, view.videoHeight, 0, 0, width, view.videoHeight);
    sheet.toBlob((blob) => {
      const carried = new DataTransfer();
      carried.items.add(new File([blob], "photo.jpg", { type: "image/jpeg" }));
      file.files = carried.files;
      stop();
      form.requestSubmit();
    }, "image/jpeg", 0.9);
  });
  window.addEventListener("pagehide", stop);
})();
